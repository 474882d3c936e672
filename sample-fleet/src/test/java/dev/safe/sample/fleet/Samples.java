package dev.safe.sample.fleet;

import dev.safe.sample.process.Program;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;

/** Starts the samples from their executable jars, without waiting for them. Their logs are in {@code target/fleet}. */
final class Samples {

    private Samples() {}

    /** Starts Spring Boot Admin's server, on a free port. */
    static Program admin(String name, String... arguments) {
        return start("sample.admin.jar", name, 0, List.of(arguments));
    }

    /** Starts a sample host that registers at a server, on a free port. */
    static Program host(String name, URI admin, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--spring.boot.admin.client.url=" + admin);
        return host(name, 0, all);
    }

    /** Starts a sample host that registers nowhere. */
    static Program host(String name, int port, List<String> arguments) {
        List<String> all = new ArrayList<>(arguments);
        all.add("--host.udp-port=0");
        all.add("--host.storage=target/fleet/" + name);
        return start("sample.host.jar", name, port, all);
    }

    /** Starts a sample host that registers nowhere, with options for its JVM. */
    static Program host(String name, List<String> options, List<String> arguments) {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-jar", System.getProperty("sample.host.jar"), "--server.port=0", "--host.udp-port=0"));
        all.addAll(arguments);
        return Program.start("fleet", name, all);
    }

    private static Program start(String jar, String name, int port, List<String> arguments) {
        List<String> all = new ArrayList<>(List.of("-jar", System.getProperty(jar), "--server.port=" + port));
        all.addAll(arguments);
        return Program.start("fleet", name, all);
    }
}
