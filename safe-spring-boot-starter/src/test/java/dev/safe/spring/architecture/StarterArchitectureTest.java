package dev.safe.spring.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;

class StarterArchitectureTest {

    private static final JavaClasses STARTER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.safe.spring");

    @Test
    void shouldNotNameTheInternalsOfTheCore() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.safe.internal..")
                .check(STARTER);
    }

    @Test
    void shouldHaveNoPackageCycles() {
        slices().matching("dev.safe.(**)").should().beFreeOfCycles().check(STARTER);
    }

    @Test
    void shouldWireInOnePlaceOnly() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.safe.spring.autoconfigure")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.safe.spring.autoconfigure")
                .check(STARTER);
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.safe.spring.autoconfigure")
                .should()
                .beMetaAnnotatedWith(Configuration.class)
                .check(STARTER);
    }

    @Test
    void shouldDoWithoutMetersAndActuatorWhereTheyAreOptional() {
        noClasses()
                .that()
                .resideInAPackage("dev.safe.spring")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.micrometer..", "org.springframework.boot.actuate..", "..boot.health..")
                .check(STARTER);
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.safe.spring.metrics", "dev.safe.spring.autoconfigure")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(STARTER);
    }

    @Test
    void shouldHaveFinalAutoConfigurations() {
        classes()
                .that()
                .areAnnotatedWith(AutoConfiguration.class)
                .should()
                .bePublic()
                .andShould()
                .haveModifier(JavaModifier.FINAL)
                .andShould()
                .haveSimpleNameEndingWith("AutoConfiguration")
                .check(STARTER);
    }

    @Test
    void shouldHavePackagePrivateBeanMethodsThatReturnWhatTheyMake() {
        methods()
                .that()
                .areAnnotatedWith(Bean.class)
                .should()
                .bePackagePrivate()
                .andShould()
                .haveRawReturnType(JavaClass.Predicates.INTERFACES.negate())
                .andShould()
                .notBeAnnotatedWith(ConditionalOnClass.class)
                .check(STARTER);
    }

    @Test
    void shouldKeepFailureAnalyzersToItself() {
        classes()
                .that()
                .areAssignableTo(AbstractFailureAnalyzer.class)
                .should()
                .bePackagePrivate()
                .check(STARTER);
    }

    @Test
    void shouldNotHaveAnAspectThatIsCreatedWhileAdvisorsAreSorted() {
        noClasses()
                .that()
                .areAnnotatedWith(org.aspectj.lang.annotation.Aspect.class)
                .should()
                .implement(Ordered.class)
                .orShould()
                .implement(PriorityOrdered.class)
                .check(STARTER);
    }
}
