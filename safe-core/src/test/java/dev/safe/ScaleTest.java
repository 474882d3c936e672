package dev.safe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Shows that nothing gets lost with many extensions and many instances. The benchmarks measure their sizes. */
@Tag("slow")
class ScaleTest {

    @Test
    void shouldKeepTenThousandExtensionsApart() {
        ExtensionGuard guard = ExtensionGuard.ofDefaults();
        List<TestExtension> extensions = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            extensions.add(TestExtension.throwing("e" + i, new IllegalStateException("boom")));
        }
        for (int round = 0; round < 2; round++) {
            extensions.forEach(
                    extension -> assertThat(guard.callPoll(extension)).isNull());
        }
        assertThat(guard.snapshots()).hasSize(10_000).allSatisfy(snapshot -> assertThat(
                        snapshot.phase(Phase.POLL).panics())
                .isEqualTo(2));
        assertThat(extensions)
                .allSatisfy(extension -> assertThat(extension.names).hasValue(1));
    }
}
