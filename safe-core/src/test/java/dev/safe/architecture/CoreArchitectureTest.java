package dev.safe.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT;
import static com.tngtech.archunit.core.domain.JavaModifier.FINAL;
import static com.tngtech.archunit.lang.conditions.ArchConditions.be;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Member;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class CoreArchitectureTest {

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.safe");

    private static final List<Class<?>> PINNING =
            List.of(Throwable.class, Class.class, ClassLoader.class, Member.class);

    /** Fields that may keep an extension's classes alive, with the reason why each may. */
    private static final Set<String> MAY_PIN = Set.of(
            "dev.safe.Classifier.passThrough",
            "dev.safe.ExtensionGuard$Builder.passThrough",
            "dev.safe.ExtensionPanicException.value",
            "dev.safe.Ledger.missedThrown", // until the next crossing
            "dev.safe.internal.hostfunction.CallBoundary.missedPanic", // until the next crossing or look
            "dev.safe.DryRun$Thrower.next", // of our own making
            "dev.safe.PhasePolicy.errors",
            "dev.safe.PhasePolicy$Builder.errors",
            // A ClassValue stores what is known of an interface with the interface itself.
            "dev.safe.internal.hostfunction.HostInterface.type",
            "dev.safe.internal.hostfunction.HostInterface$HostMethod.method",
            "dev.safe.internal.hostfunction.ProxyWrapperFactory.methods",
            "dev.safe.internal.hostfunction.ProxyWrapperFactory.inheritedMethods",
            "dev.safe.internal.hostfunction.CombinedHandle.result",
            "dev.safe.internal.render.SafeCopy.NO_ROOM", // of our own making
            "dev.safe.internal.render.UntrustedThrowable.NONE"); // an empty array

    @Test
    void shouldDependOnNothingButTheJdkSlf4jJspecifyAndAsm() {
        classes()
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        "java..", "jdk.jfr..", "dev.safe..", "org.slf4j..", "org.jspecify..", "org.objectweb.asm..")
                .check(CORE);
    }

    @Test
    void shouldReferToFlightRecorderOnlyWhereItMayBeMissing() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.safe.internal.jfr")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("jdk.jfr..")
                .check(CORE);
        noClasses()
                .that(describe("are not the log for it", type -> !type.getName().equals("dev.safe.FlightRecorderLog")))
                .and()
                .resideOutsideOfPackage("dev.safe.internal.jfr")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.safe.internal.jfr")
                .check(CORE);
    }

    @Test
    void shouldLockByMonitorsOnly() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .areAssignableTo(Lock.class)
                .because("a lock of java.util stays held where the stack ends within lock()")
                .check(CORE);
    }

    @Test
    void shouldUseAsmOnlyToSpinHostFunctions() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.safe.internal.hostfunction")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.objectweb.asm..")
                .check(CORE);
    }

    @Test
    void shouldRestOnTheInternalsAndNeverTheOtherWayRound() {
        noClasses()
                .that()
                .resideInAPackage("dev.safe.internal..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.safe")
                .check(CORE);
        slices().matching("dev.safe.internal.(*)..").should().beFreeOfCycles().check(CORE);
    }

    @Test
    void shouldKeepNothingThatPinsTheClassLoaderOfAnExtension() {
        noFields()
                .that(describe("may not", field -> !MAY_PIN.contains(nameOf(field))))
                .should(be(pinning()))
                .because("reports and snapshots outlive the call, so they hold strings")
                .check(CORE);
    }

    @Test
    void shouldBeFinalUnlessMeantToBeExtended() {
        classes()
                .that(describe("are plain classes", CoreArchitectureTest::isPlainClass))
                .should()
                .haveModifier(FINAL)
                .orShould()
                .haveModifier(ABSTRACT)
                .check(CORE);
    }

    @Test
    void shouldOfferNothingToInheritFromButInterfaces() {
        classes()
                .that()
                .resideInAPackage("dev.safe")
                .and()
                .arePublic()
                .should()
                .beInterfaces()
                .orShould()
                .haveModifier(FINAL)
                .orShould()
                .beEnums()
                .check(CORE);
    }

    private static String nameOf(JavaField field) {
        return field.getOwner().getName() + "." + field.getName();
    }

    private static DescribedPredicate<JavaField> pinning() {
        return describe("of a type that pins a class loader", field -> field.getAllInvolvedRawTypes().stream()
                .anyMatch(type -> PINNING.stream().anyMatch(type::isAssignableTo)));
    }

    private static boolean isPlainClass(JavaClass type) {
        return !type.isInterface() && !type.isEnum() && !type.isAnonymousClass();
    }
}
