package dev.safe.internal.render;

/**
 * Strips from names the numbers that the JVM, compilers and proxy libraries assign anew in each run. Uses no regular
 * expressions, since these need lambdas, for which there is no room at the end of the stack.
 */
public final class StableName {

    private static final String LAMBDA_CLASS = "$$Lambda";
    private static final String[] SPRING_PROXIES = {"$$SpringCGLIB$$", "$$EnhancerBySpringCGLIB$$"};
    private static final String PLATFORM_PROXY = "$Proxy";
    private static final String HIDDEN_CLASS = "/0x";
    private static final String LAMBDA_METHOD = "lambda$";

    private StableName() {}

    /**
     * Strips from the name of a class what differs between runs.
     *
     * @param type a class's binary name
     * @return what is the same in each run
     */
    public static String ofType(String type) {
        StringBuilder stable = new StringBuilder(type.length());
        for (int i = 0; i < type.length(); ) {
            int end = endOfGenerated(type, i, stable);
            if (end == i) {
                stable.append(type.charAt(end++));
            }
            i = end;
        }
        return stable.toString();
    }

    /** Appends the stable text of a generated part that begins here. Returns where that part ends. */
    private static int endOfGenerated(String type, int start, StringBuilder stable) {
        if (type.startsWith(LAMBDA_CLASS, start)) {
            stable.append(LAMBDA_CLASS);
            int end = start + LAMBDA_CLASS.length();
            while (end < type.length() && (isWord(type.charAt(end)) || "$/".indexOf(type.charAt(end)) >= 0)) {
                end++;
            }
            return end;
        }
        for (String proxy : SPRING_PROXIES) {
            int end = endOfWord(type, start + proxy.length());
            if (type.startsWith(proxy, start) && end > start + proxy.length()) {
                stable.append(proxy, 0, proxy.length() - 2);
                return end;
            }
        }
        int number = start + PLATFORM_PROXY.length();
        if (type.startsWith(PLATFORM_PROXY, start) && isDigitAt(type, number)) {
            stable.append(PLATFORM_PROXY);
            return endOfDigits(type, number);
        }
        int address = start + HIDDEN_CLASS.length();
        return type.startsWith(HIDDEN_CLASS, start) ? Math.max(start, endOfAddress(type, address)) : start;
    }

    /** Strips the number of a lambda, which changes with the number of lambdas before it in the class. */
    static String ofMethod(String method) {
        int number = method.lastIndexOf('$') + 1;
        boolean isLambda = method.startsWith(LAMBDA_METHOD) && number > LAMBDA_METHOD.length();
        return isLambda && isNumber(method, number) ? method.substring(0, number - 1) : method;
    }

    /** Returns whether the rest of a text is a number. */
    static boolean isNumber(String text, int start) {
        return isDigitAt(text, start) && endOfDigits(text, start) == text.length();
    }

    private static boolean isDigitAt(String text, int index) {
        return index < text.length() && isDigit(text.charAt(index));
    }

    private static int endOfDigits(String text, int start) {
        int end = start;
        while (isDigitAt(text, end)) {
            end++;
        }
        return end;
    }

    private static int endOfWord(String text, int start) {
        int end = start;
        while (end < text.length() && isWord(text.charAt(end))) {
            end++;
        }
        return end;
    }

    /** Returns where the digits of an address end, or -1 if there are none. */
    private static int endOfAddress(String text, int start) {
        int end = start;
        while (end < text.length() && (isDigit(text.charAt(end)) || isBetween(text.charAt(end), 'a', 'f'))) {
            end++;
        }
        return end == start ? -1 : end;
    }

    private static boolean isWord(char character) {
        return isDigit(character)
                || isBetween(character, 'a', 'z')
                || isBetween(character, 'A', 'Z')
                || character == '_';
    }

    private static boolean isDigit(char character) {
        return isBetween(character, '0', '9');
    }

    private static boolean isBetween(char character, char first, char last) {
        return character >= first && character <= last;
    }
}
