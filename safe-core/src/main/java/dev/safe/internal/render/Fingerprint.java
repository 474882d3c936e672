package dev.safe.internal.render;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What panics of one kind have in common: 16 hexadecimal digits, the same in every run of the same code. Tells kinds apart;
 * it is not made to resist somebody who wants two to look alike.
 */
final class Fingerprint {

    /** Names that the JVM and proxy libraries number anew in each run. */
    private static final Pattern GENERATED_TYPE = Pattern.compile(
            "(\\$\\$Lambda)[$/\\w]*|(\\$\\$(?:Spring|EnhancerBySpring)CGLIB)\\$\\$\\w+|(\\$Proxy)\\d+|/0x[0-9a-f]+");

    // FNV-1a, by Fowler, Noll and Vo: http://www.isthe.com/chongo/tech/comp/fnv/
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fingerprint() {}

    static String of(String type, @Nullable Frame top) {
        StringBuilder kind = new StringBuilder(stable(type));
        if (top != null) {
            kind.append('@').append(stable(top.type())).append('.');
            kind.append(withoutNumber(top.method()));
            kind.append('(').append(top.source()).append(')');
        }
        return hexadecimal(hash(kind));
    }

    /** Lambdas are numbered by the order they have in their class. */
    private static String withoutNumber(String method) {
        int number = method.lastIndexOf('$') + 1;
        boolean isLambda = method.startsWith("lambda$") && number > "lambda$".length();
        return isLambda && Frame.isNumber(method, number) ? method.substring(0, number - 1) : method;
    }

    private static String stable(String type) {
        return GENERATED_TYPE.matcher(type).replaceAll("$1$2$3");
    }

    private static long hash(CharSequence text) {
        long hash = OFFSET_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * PRIME;
        }
        return hash;
    }

    private static String hexadecimal(long hash) {
        StringBuilder digits = new StringBuilder(16);
        for (int shift = 60; shift >= 0; shift -= 4) {
            digits.append("0123456789abcdef".charAt((int) (hash >>> shift) & 0xF));
        }
        return digits.toString();
    }
}
