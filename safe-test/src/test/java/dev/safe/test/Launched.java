package dev.safe.test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a class of tests within a test, and keeps what became of each. */
public final class Launched implements TestExecutionListener {

    private final Map<String, TestExecutionResult> results = new LinkedHashMap<>();

    private Launched() {}

    /** Runs it. */
    public static Launched run(Class<?> tests) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(tests))
                .build();
        Launched launched = new Launched();
        LauncherFactory.create().execute(request, launched);
        return launched;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        test.getSource()
                .filter(MethodSource.class::isInstance)
                .map(MethodSource.class::cast)
                .ifPresent(method -> results.put(method.getMethodName(), result));
    }

    /** Returns the names of the tests that ended so, sorted. */
    public Set<String> named(Status status) {
        Set<String> names = new TreeSet<>();
        results.forEach((name, result) -> {
            if (result.getStatus() == status) {
                names.add(name);
            }
        });
        return names;
    }

    /** Returns why a test failed or was not made. */
    public String message(String test) {
        return results.get(test)
                .getThrowable()
                .map(Throwable::getMessage)
                .orElseThrow(() -> new AssertionError(test + " was successful"));
    }

    /** Returns why each test that ended so did. */
    public List<String> messages(Status status) {
        List<String> messages = new ArrayList<>();
        named(status).forEach(name -> messages.add(name + ": " + message(name)));
        return messages;
    }
}
