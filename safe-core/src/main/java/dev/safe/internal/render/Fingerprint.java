package dev.safe.internal.render;

import org.jspecify.annotations.Nullable;

/**
 * Hashes what panics of one kind have in common into 16 hexadecimal digits, the same in every run of the same code.
 * Does not resist an attacker who wants two kinds to look alike.
 */
final class Fingerprint {

    // FNV-1a, by Fowler, Noll and Vo: http://www.isthe.com/chongo/tech/comp/fnv/
    private static final long OFFSET_BASIS = 0xcbf29ce484222325L;
    private static final long PRIME = 0x100000001b3L;

    private Fingerprint() {}

    static String of(String type, @Nullable Frame top) {
        StringBuilder kind = new StringBuilder(StableName.ofType(type));
        if (top != null) {
            kind.append('@').append(StableName.ofType(top.type())).append('.');
            kind.append(StableName.ofMethod(top.method()));
            kind.append('(').append(top.source()).append(')');
        }
        return hexadecimal(hash(kind));
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
