package dev.safe.sample.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.beAnnotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Rules for the whole house. They live here, since this module alone sees all of it. */
class HouseArchitectureTest {

    private static final JavaClasses HOUSE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.safe");

    private static final String CORE = "dev.safe.ExtensionGuard";
    private static final String KIT = "dev.safe.test.FaultyExtension";
    private static final String STARTER = "dev.safe.spring.ExtensionAspect";

    @Test
    void shouldSeeTheWholeHouse() {
        assertThat(HOUSE.contain(CORE)).isTrue();
        assertThat(HOUSE.contain(KIT)).isTrue();
        assertThat(HOUSE.contain(STARTER)).isTrue();
        assertThat(HOUSE.that(resideInAPackage("dev.safe.sample.."))).isNotEmpty();
    }

    @Test
    void shouldBuildTheSampleOnTheStarterAndTheStarterOnTheCore() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("core")
                .definedBy("dev.safe", "dev.safe.internal..")
                .layer("starter")
                .definedBy("dev.safe.spring..")
                .layer("kit")
                .definedBy("dev.safe.test..")
                .layer("sample")
                .definedBy("dev.safe.sample..")
                .whereLayer("sample")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("kit")
                .mayOnlyBeAccessedByLayers("sample")
                .whereLayer("starter")
                .mayOnlyBeAccessedByLayers("sample")
                .check(HOUSE);
    }

    @Test
    void shouldKeepTheInternalsOfTheCoreToTheCore() {
        noClasses()
                .that()
                .resideInAnyPackage("dev.safe.spring..", "dev.safe.sample..", "dev.safe.test..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.safe.internal..")
                .check(HOUSE);
    }

    @Test
    void shouldHaveNoPackageCyclesInTheSample() {
        slices().matching("dev.safe.sample.(*)..").should().beFreeOfCycles().check(HOUSE);
    }

    @Test
    void shouldUseWordsOfTheField() {
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Impl")
                .orShould()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveNameMatching(".*Utils?")
                .orShould()
                .haveSimpleNameStartingWith("Abstract")
                .orShould()
                .haveSimpleNameStartingWith("Common")
                .check(HOUSE);
    }

    @Test
    void shouldLogThroughSlf4jOnly() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(HOUSE);
        // The contract for extensions finds out what they print.
        NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS.check(
                HOUSE.that(describe("do not watch", type -> !type.getName().startsWith("dev.safe.test.PrintWatch"))));
    }

    @Test
    void shouldSayOfEveryPackageThatNothingIsNullUnlessItSaysSo() {
        Set<String> described = packagesOf(JavaClass.Predicates.simpleName("package-info"));
        assertThat(described).isEqualTo(packagesOf(resideInAPackage("dev.safe..")));
        classes()
                .that()
                .haveSimpleName("package-info")
                .should(beAnnotatedWith(NullMarked.class))
                .check(HOUSE);
    }

    private static Set<String> packagesOf(com.tngtech.archunit.base.DescribedPredicate<? super JavaClass> which) {
        return HOUSE.that(which).stream().map(JavaClass::getPackageName).collect(Collectors.toCollection(TreeSet::new));
    }
}
