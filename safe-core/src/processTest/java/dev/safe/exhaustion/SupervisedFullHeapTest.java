package dev.safe.exhaustion;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** A supervised loop goes on after its extension has filled the heap. Repeated, since it met the end at different places. */
@Tag("exhaustion")
class SupervisedFullHeapTest {

    @TempDir
    Path directory;

    @RepeatedTest(5)
    void shouldGoOnOnceThereIsMemoryAgain() throws Exception {
        ChildJvm.Run run = new ChildJvm(directory)
                .logging()
                .flags("-Xmx32m", "-XX:+UseSerialGC")
                .run(SupervisedFullHeap.class)
                .ended();
        assertThat(run.line("LOOP")).as(run.output()).isEqualTo("LOOP polled=3000 finalized=3000 state=RUNNING");
    }
}
