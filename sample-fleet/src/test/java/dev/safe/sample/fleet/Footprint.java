package dev.safe.sample.fleet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a JVM takes up, after full collections. Memory in KiB. Needs Linux with glibc, and a JVM that tracks native
 * memory and knows {@code System.trim_native_heap}.
 *
 * @param heap what is used of the Java heap
 * @param resident resident memory, of which
 * @param residentHeap is Java heap, and
 * @param residentMalloc is in the arenas of malloc, in use or not
 * @param residentTrimmed what stays resident when malloc has given back what nobody uses
 * @param malloced what the JVM has from malloc and has not freed
 * @param committed what the JVM has committed, resident or not, by category
 * @param handles open file handles
 * @param threads threads, those of the JVM itself included
 */
record Footprint(
        long heap,
        long resident,
        long residentHeap,
        long residentMalloc,
        long residentTrimmed,
        long malloced,
        SortedMap<String, Long> committed,
        long handles,
        long threads) {

    private static final String COMMANDS = "GC.run\nGC.run\nGC.heap_info\nVM.native_memory summary";

    private static final Pattern HEAP = Pattern.compile("used (\\d+)K \\[0x(\\p{XDigit}+), 0x(\\p{XDigit}+)\\)");
    private static final Pattern CATEGORY = Pattern.compile("- +([\\w ]+) \\(reserved=\\d+KB, committed=(\\d+)KB\\)");
    private static final Pattern MALLOC = Pattern.compile("\\(malloc=(\\d+)KB");
    private static final Pattern MAPPING =
            Pattern.compile("(\\p{XDigit}+)-\\p{XDigit}+ (\\S+) \\S+ \\S+ \\d+ *(.*)\n(?:\\w+: .*\n)*?Rss: +(\\d+) kB");

    /** Where glibc puts the arenas of threads: at a multiple of this, high up. */
    private static final long ARENA = 64 << 20;

    private static final long HIGH = 0x7000_0000_0000L;

    static Footprint of(long pid) throws IOException {
        String jvm = jcmd(pid, COMMANDS);
        Path process = Path.of("/proc", String.valueOf(pid));
        MatchResult heap = find(HEAP, jvm);
        long from = Long.parseUnsignedLong(heap.group(2), 16);
        long to = Long.parseUnsignedLong(heap.group(3), 16);
        List<MatchResult> mappings = all(MAPPING, Files.readString(process.resolve("smaps")));
        String status = Files.readString(process.resolve("status"));
        SortedMap<String, Long> committed = new TreeMap<>();
        all(CATEGORY, jvm).forEach(category -> committed.put(category.group(1), Long.valueOf(category.group(2))));
        return new Footprint(
                Long.parseLong(heap.group(1)),
                number("VmRSS", status),
                resident(mappings.stream().filter(mapping -> from <= start(mapping) && start(mapping) < to)),
                resident(mappings.stream().filter(Footprint::isMalloc)),
                trimmed(pid, process),
                all(MALLOC, jvm).stream()
                        .mapToLong(part -> Long.parseLong(part.group(1)))
                        .sum(),
                committed,
                handles(process),
                number("Threads", status));
    }

    private static long trimmed(long pid, Path process) throws IOException {
        jcmd(pid, "System.trim_native_heap");
        return number("VmRSS", Files.readString(process.resolve("status")));
    }

    private static String jcmd(long pid, String commands) throws IOException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        String.valueOf(pid),
                        commands)
                .redirectErrorStream(true)
                .start();
        try (var answer = jcmd.getInputStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static long start(MatchResult mapping) {
        return Long.parseUnsignedLong(mapping.group(1), 16);
    }

    private static boolean isMalloc(MatchResult mapping) {
        boolean isArena = start(mapping) % ARENA == 0
                && start(mapping) > HIGH
                && mapping.group(2).startsWith("rw");
        return mapping.group(3).equals("[heap]") || isArena && mapping.group(3).isEmpty();
    }

    private static long resident(Stream<MatchResult> mappings) {
        return mappings.mapToLong(mapping -> Long.parseLong(mapping.group(4))).sum();
    }

    private static long number(String name, String status) {
        return Long.parseLong(
                find(Pattern.compile(name + ":\\s+(\\d+)"), status).group(1));
    }

    private static long handles(Path process) throws IOException {
        try (Stream<Path> handles = Files.list(process.resolve("fd"))) {
            return handles.count();
        }
    }

    private static MatchResult find(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IllegalStateException("no %s in: %s".formatted(pattern, text));
        }
        return matcher.toMatchResult();
    }

    private static List<MatchResult> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().toList();
    }

    /** Returns what is resident beside the heap and malloc: code, classes, stacks, files and the collector's tables. */
    long residentRest() {
        return resident - residentHeap - residentMalloc;
    }

    /** Returns what has been committed in some categories. */
    long committed(String... categories) {
        return Stream.of(categories)
                .mapToLong(category -> committed.getOrDefault(category, 0L))
                .sum();
    }

    /** Returns how much more is committed than in another, by category, where that is not nothing. */
    Map<String, Long> committedSince(Footprint before) {
        Map<String, Long> more = new TreeMap<>();
        committed.forEach((category, now) -> more.put(category, now - before.committed(category)));
        more.values().removeIf(kib -> kib == 0);
        return more;
    }
}
