package dev.safe.test.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

class KitArchitectureTest {

    private static final JavaClasses KIT = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.safe.test");

    /** The faulty extension and what it needs, which hosts may run without a test framework. */
    private static final String FAULTY =
            "dev\\.safe\\.test\\.(Fault|Faults|FaultyExtension|FullHeap|HostileFaults|HostileThrowable|Injection"
                    + "|ManualTicker|Recursion|Scatter|Schedule|Skip|Sneaky)(\\$.*)?";

    @Test
    void shouldDependOnTheUsersTestFrameworksAndTheCoreOnly() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..",
                        "com.sun.management",
                        "dev.safe",
                        "dev.safe.supervisor",
                        "dev.safe.test",
                        "org.jspecify..",
                        "org.junit.jupiter.api..",
                        "org.assertj..")
                .check(KIT);
    }

    @Test
    void shouldMisbehaveWithoutATestFramework() {
        classes()
                .that()
                .haveNameMatching(FAULTY)
                .should()
                .onlyDependOnClassesThat()
                .haveNameMatching(
                        FAULTY + "|java\\..*|\\[?\\[?L?java\\..*|\\[?[BICJZ]|int|long|boolean|double|void|byte"
                                + "|dev\\.safe\\.[A-Z].*|\\[Ldev\\.safe\\.Phase;|org\\.jspecify\\..*")
                .check(KIT);
    }

    @Test
    void shouldOfferNothingToInheritFromButTheContract() {
        noClasses()
                .that()
                .arePublic()
                .and()
                .areNotInterfaces()
                .should()
                .notHaveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
                .check(KIT);
    }
}
