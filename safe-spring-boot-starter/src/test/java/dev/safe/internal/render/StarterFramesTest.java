package dev.safe.internal.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The classes of the starter that the core knows, by name only, as callers of extensions. */
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
