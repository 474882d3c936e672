package dev.safe.sample.web;

import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.CellSnapshot;
import dev.safe.sample.cell.CellState;
import dev.safe.sample.extension.HttpTransport;
import dev.safe.sample.host.Cells;
import dev.safe.sample.host.HostProperties;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/** Serves requests to cells, and the cells' state. */
@RestController
class CellController {

    private final Cells cells;
    private final HttpTransport transport;
    private final int maxPayload;

    CellController(Cells cells, HttpTransport transport, HostProperties properties) {
        this.cells = cells;
        this.transport = transport;
        this.maxPayload = properties.maxPayload();
    }

    @GetMapping("/cells")
    Map<String, CellSnapshot> cells() {
        return cells.snapshots();
    }

    @PostMapping("/cells/{name}")
    CompletableFuture<ResponseEntity<byte[]>> request(@PathVariable String name, HttpServletRequest request)
            throws IOException {
        Cell cell = cells.find(name, HttpTransport.NAME).orElse(null);
        if (cell == null) {
            return done(HttpStatus.NOT_FOUND, "there is no such cell that takes requests");
        }
        byte[] body = request.getInputStream().readNBytes(maxPayload + 1);
        if (body.length > maxPayload) {
            return done(HttpStatus.CONTENT_TOO_LARGE, "a body must have at most %d bytes".formatted(maxPayload));
        }
        CellSnapshot snapshot = cells.snapshot(cell);
        if (snapshot.state() != CellState.RUNNING) {
            return done(HttpStatus.SERVICE_UNAVAILABLE, "the cell is not running: " + snapshot.failure());
        }
        return transport
                .request(name, body)
                .handle((answer, thrown) -> thrown == null ? answered(answer) : unanswered(cell, thrown));
    }

    private static ResponseEntity<byte[]> answered(byte[] answer) {
        return ResponseEntity.ok()
                .contentType(MediaType.APPLICATION_OCTET_STREAM)
                .body(answer);
    }

    private ResponseEntity<byte[]> unanswered(Cell cell, @Nullable Throwable thrown) {
        if (thrown instanceof TimeoutException) {
            return text(HttpStatus.GATEWAY_TIMEOUT, "the cell did not answer in time");
        }
        if (thrown instanceof RejectedExecutionException) {
            return text(HttpStatus.SERVICE_UNAVAILABLE, thrown.getMessage());
        }
        CellSnapshot snapshot = cells.snapshot(cell);
        return snapshot.state() == CellState.RUNNING
                ? text(HttpStatus.BAD_GATEWAY, "the cell did not answer")
                : text(HttpStatus.SERVICE_UNAVAILABLE, "the cell is not running: " + snapshot.failure());
    }

    private static CompletableFuture<ResponseEntity<byte[]>> done(HttpStatus status, String message) {
        return CompletableFuture.completedFuture(text(status, message));
    }

    private static ResponseEntity<byte[]> text(HttpStatus status, @Nullable String message) {
        return ResponseEntity.status(status)
                .contentType(MediaType.TEXT_PLAIN)
                .body((message + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
