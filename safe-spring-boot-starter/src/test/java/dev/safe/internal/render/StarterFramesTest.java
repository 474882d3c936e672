package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The core knows the starter's classes that call extensions by name only. These names must exist. */
class StarterFramesTest {

    @Test
    void shouldExist() {
        TreeSet<String> names = new TreeSet<>(GuardClasses.IN_STARTER);
        names.add(GuardClasses.WOVEN_INTO_EXTENSIONS);
        assertThat(names).hasSizeGreaterThan(1).allSatisfy(name -> assertThat(
                        Class.forName(name, false, StarterFramesTest.class.getClassLoader())
                                .getName())
                .isEqualTo(name));
    }
}
