package dev.safe.sample.architecture;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Reads the poms of all modules, as Maven has them before it puts anything in their place. */
final class Modules {

    static final Path ROOT = Path.of("..");

    private Modules() {}

    /** Returns the modules whose jars are published. */
    static List<String> published() throws Exception {
        List<String> published = new ArrayList<>();
        for (String module : read(".", "/project/modules/module")) {
            boolean isJar = read(module, "/project/packaging").isEmpty();
            boolean isDeployed =
                    read(module, "/project/properties/maven.deploy.skip").isEmpty();
            if (isJar && isDeployed) {
                published.add(module);
            }
        }
        return published;
    }

    /** Returns the published modules that have Java of their own. */
    static List<String> publishedInJava() throws Exception {
        return published().stream()
                .filter(module ->
                        Files.isDirectory(ROOT.resolve(module).resolve("src").resolve("main/java")))
                .toList();
    }

    /** Returns the texts of what the path selects in a module's pom, whose elements are read without their namespace. */
    static List<String> read(String module, String path) throws Exception {
        Document pom = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(ROOT.resolve(module).resolve("pom.xml").toFile());
        NodeList found = (NodeList) XPathFactory.newInstance().newXPath().evaluate(path, pom, XPathConstants.NODESET);
        return IntStream.range(0, found.getLength())
                .mapToObj(index -> found.item(index).getTextContent())
                .toList();
    }
}
