package dev.safe.sample.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Rules for safe-bom, which Maven itself does not check: hosts import it, and get what it inherits along with it. */
class BomTest {

    private static final Path ROOT = Path.of("..");
    private static final String MANAGED = "/project/dependencyManagement/dependencies/dependency";

    @Test
    void shouldNameEachPublishedModuleAndNothingElse() throws Exception {
        List<String> published = new ArrayList<>();
        for (String module : read(".", "/project/modules/module")) {
            boolean isJar = read(module, "/project/packaging").isEmpty();
            boolean isDeployed =
                    read(module, "/project/properties/maven.deploy.skip").isEmpty();
            if (isJar && isDeployed) {
                published.addAll(read(module, "/project/artifactId"));
            }
        }
        assertThat(published).contains("safe-core", "safe-spring-boot-starter");
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

    /** Returns the texts of what the path selects in a module's pom, whose elements are read without their namespace. */
    private static List<String> read(String module, String path) throws Exception {
        Document pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(ROOT.resolve(module).resolve("pom.xml").toFile());
        NodeList found = (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, pom, XPathConstants.NODESET);
        return IntStream.range(0, found.getLength())
                .mapToObj(index -> found.item(index).getTextContent())
                .toList();
    }
}
