package dev.safe.test;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestExecutionResult.Status;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs a test class within a test, and keeps the result of each of its tests. */
public final class Launched implements TestExecutionListener {

    private final Map<String, TestExecutionResult> results = new LinkedHashMap<>();

    private Launched() {}

    /** Runs a test class. */
    public static Launched run(Class<?> tests) {
        return run(DiscoverySelectors.selectClass(tests));
    }

    /** Runs one test of a class. */
    public static Launched run(Class<?> tests, String test) {
        return run(DiscoverySelectors.selectMethod(tests, test));
    }

    private static Launched run(DiscoverySelector selected) {
        LauncherDiscoveryRequest request =
                LauncherDiscoveryRequestBuilder.request().selectors(selected).build();
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

    /** Returns the names of the tests with a status, sorted. */
    public Set<String> named(Status status) {
        Set<String> names = new TreeSet<>();
        results.forEach((name, result) -> {
            if (result.getStatus() == status) {
                names.add(name);
            }
        });
        return names;
    }

    /** Returns why a test failed or was skipped. */
    public String message(String test) {
        return results.get(test)
                .getThrowable()
                .map(Throwable::getMessage)
                .orElseThrow(() -> new AssertionError(test + " was successful"));
    }

    /** Returns the messages of the tests with a status. */
    public List<String> messages(Status status) {
        List<String> messages = new ArrayList<>();
        named(status).forEach(name -> messages.add(name + ": " + message(name)));
        return messages;
    }
}
