package dev.safe.internal.render;

import java.util.HashSet;
import java.util.Set;

/**
 * Lists the classes that call across a boundary. Below the frames of an extension there is always one of them. They are
 * listed one by one, because other code in their packages, such as an application's or a test's, may be an extension.
 * An entry includes the classes nested in it.
 */
final class GuardClasses {

    static final Set<String> IN_CORE = Set.of(
            "dev.safe.Boundary",
            "dev.safe.EntryPoints",
            "dev.safe.ExtensionGuard",
            "dev.safe.GuardedExtension",
            "dev.safe.Registry",
            "dev.safe.internal.hostfunction.ProxyWrapperFactory",
            "dev.safe.supervisor.Incarnation",
            "dev.safe.supervisor.MadeExtension");

    static final Set<String> IN_STARTER = Set.of(
            "dev.safe.spring.ExtensionAdvice", "dev.safe.spring.ExtensionAdvisor", "dev.safe.spring.ExtensionAspect");

    /** Calls extensions, and also stands between their frames where AspectJ weaves it into them. */
    static final String WOVEN_INTO_EXTENSIONS = "dev.safe.spring.WovenExtensions";

    private static final Set<String> ALL = union(IN_CORE, IN_STARTER);

    private GuardClasses() {}

    private static Set<String> union(Set<String> some, Set<String> others) {
        Set<String> all = new HashSet<>(some);
        all.addAll(others);
        return all;
    }

    static boolean contain(String type) {
        int nested = type.indexOf('$');
        return ALL.contains(nested < 0 ? type : type.substring(0, nested));
    }
}
