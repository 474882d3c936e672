package dev.safe.sample.architecture;

import static dev.safe.sample.architecture.Modules.read;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Rules for safe-bom, which Maven itself does not check: hosts import it, and get what it inherits along with it. */
class BomTest {

    private static final String MANAGED = "/project/dependencyManagement/dependencies/dependency";

    @Test
    void shouldNameEachPublishedModuleAndNothingElse() throws Exception {
        List<String> published = Modules.published();
        assertThat(published).contains("safe-core", "safe-spring-boot-starter");
        assertThat(published).allSatisfy(module -> assertThat(read(module, "/project/artifactId"))
                .containsExactly(module));
        assertThat(read("safe-bom", MANAGED + "/artifactId")).containsExactlyInAnyOrderElementsOf(published);
        assertThat(read("safe-bom", MANAGED + "/version"))
                .hasSameSizeAs(published)
                .containsOnly("${project.version}");
    }

    @Test
    void shouldInheritNoVersionsThatHostsWouldImport() throws Exception {
        assertThat(read(".", "/project/artifactId")).isEqualTo(read("safe-bom", "/project/parent/artifactId"));
        assertThat(read(".", "//dependencyManagement")).isEmpty();
    }
}
