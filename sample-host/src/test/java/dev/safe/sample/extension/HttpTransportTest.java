package dev.safe.sample.extension;

import static org.assertj.core.api.Assertions.assertThat;

import dev.safe.StepEvent;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class HttpTransportTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HttpTransport transport = new HttpTransport(2, PATIENCE);

    @Test
    void shouldCompleteTheAnswerWithTheFirstReply() {
        CompletableFuture<byte[]> answer = transport.request("echo", new byte[] {1});
        StepEvent event = next();
        assertThat(event).isEqualTo(new StepEvent("http.request", new byte[] {1}, event.id(), "echo"));
        assertThat(transport.reply(event.id(), new byte[] {2})).isTrue();
        assertThat(transport.reply(event.id(), new byte[] {3})).isFalse();
        transport.finalizeStep(event.id());
        assertThat(answer).isCompletedWithValueMatching(body -> body.length == 1 && body[0] == 2);
    }

    @Test
    void shouldReleaseARequestThatTheCellIsDoneWith() {
        CompletableFuture<byte[]> answer = transport.request("echo", new byte[0]);
        long id = next().id();
        transport.finalizeStep(id);
        assertThat(answer)
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(UnansweredException.class);
        assertThat(transport.reply(id, new byte[0])).isFalse();
    }

    @Test
    void shouldReleaseARequestTooMany() {
        transport.request("echo", new byte[0]);
        transport.request("echo", new byte[0]);
        assertThat(transport.request("echo", new byte[0]))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(RejectedExecutionException.class)
                .withMessage("too many requests wait");
        assertThat(transport.poll()).isNotNull();
        assertThat(transport.poll()).isNotNull();
        assertThat(transport.poll()).isNull();
    }

    @Test
    void shouldNotBotherACellWithARequestThatNobodyWaitsFor() {
        HttpTransport hasty = new HttpTransport(2, Duration.ofMillis(1));
        CompletableFuture<byte[]> answer = hasty.request("echo", new byte[0]);
        assertThat(answer)
                .failsWithin(PATIENCE)
                .withThrowableThat()
                .havingCause()
                .isInstanceOf(TimeoutException.class);
        assertThat(hasty.poll()).isNull();
    }

    private StepEvent next() {
        return Objects.requireNonNull(transport.poll());
    }
}
