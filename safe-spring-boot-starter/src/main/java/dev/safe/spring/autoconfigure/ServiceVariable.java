package dev.safe.spring.autoconfigure;

import java.util.regex.Pattern;

/**
 * Recognizes the variables that Kubernetes sets in every pod for each service of its namespace, named after the service.
 * One for a service named {@code safe-extensions} reads like a key of ours, but nobody wrote it.
 */
final class ServiceVariable {

    /** No setting has such a name. */
    private static final Pattern UNMISTAKABLE = Pattern.compile(
            "[A-Z0-9_]+_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    /** May be a misspelt setting, unless its value is that of a service. */
    private static final Pattern PORT = Pattern.compile("[A-Z0-9_]+_PORT");

    private static final Pattern ADDRESS = Pattern.compile("(tcp|udp|sctp)://.+");

    private ServiceVariable() {}

    static boolean matches(WrittenProperty written) {
        return written.isVariable()
                && (UNMISTAKABLE.matcher(written.key()).matches()
                        || (PORT.matcher(written.key()).matches()
                                && ADDRESS.matcher(written.value()).matches()));
    }
}
