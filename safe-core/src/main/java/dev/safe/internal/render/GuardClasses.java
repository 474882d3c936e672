package dev.safe.internal.render;

import java.util.HashSet;
import java.util.Set;

/**
 * The classes that call across a boundary, so that one of them is below the extension's frames. Listed one by one: other
 * code in packages of these names, an application's or a test's, may well be an extension. A class stands for those nested
 * in it.
 */
final class GuardClasses {

    static final Set<String> IN_CORE = Set.of(
            "dev.safe.Boundary",
            "dev.safe.EntryPoints",
            "dev.safe.ExtensionGuard",
            "dev.safe.GuardedExtension",
            "dev.safe.Registry",
            "dev.safe.internal.hostfunction.ProxyWrapperFactory");

    static final Set<String> IN_STARTER = Set.of(
            "dev.safe.spring.ExtensionAdvice", "dev.safe.spring.ExtensionAdvisor", "dev.safe.spring.ExtensionAspect");

    /** Is both below an extension's frames and, where AspectJ weaves it into them, between them. */
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
