package dev.safe.sample;

import dev.safe.ExtensionCapability;
import dev.safe.ExtensionGuard;
import dev.safe.SetupEnv;
import dev.safe.StepEvent;
import dev.safe.sample.cell.Cell;
import dev.safe.sample.cell.EventKind;
import dev.safe.sample.cell.ExtensionCalls;
import dev.safe.sample.cell.StepDeadline;
import dev.safe.sample.extension.Chaos;
import dev.safe.sample.extension.HttpTransport;
import dev.safe.sample.extension.TimeTick;
import dev.safe.sample.extension.UdpNetwork;
import dev.safe.sample.host.Cells;
import dev.safe.sample.host.HostProperties;
import dev.safe.spring.autoconfigure.SupervisorCustomizer;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/** Runs a host with a handful of cells, fed by extensions that may misbehave. */
@SpringBootApplication(proxyBeanMethods = false)
@EnableConfigurationProperties(HostProperties.class)
public class SampleHostApplication {

    /** Starts the host. */
    public static void main(String[] arguments) {
        SpringApplication.run(SampleHostApplication.class, arguments);
    }

    @Bean
    HttpTransport httpTransport(HostProperties properties) {
        return new HttpTransport(properties.queueCapacity(), properties.replyDeadline());
    }

    @Bean
    UdpNetwork udpNetwork(HostProperties properties) {
        return new UdpNetwork(
                new InetSocketAddress(properties.udpAddress(), properties.udpPort()), properties.maxPayload());
    }

    @Bean
    TimeTick timeTick(HostProperties properties) {
        return new TimeTick(properties.tick());
    }

    @Bean
    Chaos chaos() {
        return new Chaos();
    }

    @Bean
    StepDeadline stepDeadline(HostProperties properties) {
        return new StepDeadline(properties.stepDeadline(), properties.startDeadline());
    }

    @Bean
    Cells cells(
            HostProperties properties,
            List<ExtensionCapability> extensions,
            ExtensionGuard guard,
            ExtensionCalls calls,
            StepDeadline deadline) {
        Map<String, Cell> cells = new LinkedHashMap<>();
        properties
                .cells()
                .forEach((name, cell) -> cells.put(
                        name, new Cell(name, cell.module(), properties.queueCapacity(), deadline, guard, calls)));
        return new Cells(properties, extensions, guard, cells);
    }

    @Bean
    SupervisorCustomizer storage(HostProperties properties) {
        return supervisor -> supervisor.setupEnv(
                name -> new SetupEnv(name, properties.storage().resolve(name), Map.of()));
    }

    @Bean
    ExtensionCalls extensionCalls(HttpTransport http, UdpNetwork udp, Chaos chaos) {
        return new ExtensionCalls() {
            @Override
            public boolean reply(StepEvent request, byte[] body) {
                return request.kind().equals(EventKind.HTTP_REQUEST.kind()) && http.reply(request.id(), body);
            }

            @Override
            public boolean send(StepEvent packet, byte[] payload) {
                return packet.kind().equals(EventKind.UDP_PACKET.kind()) && udp.send(packet.id(), payload);
            }

            @Override
            public int chaos() {
                return chaos.call();
            }
        };
    }

    @Bean
    MeterBinder eventMeters(Cells cells) {
        return registry -> cells.extensions()
                .forEach(extension -> FunctionCounter.builder("host.events", cells, of -> of.events(extension))
                        .description("Events that an extension has emitted, those that no cell took among them")
                        .tag("extension", extension)
                        .register(registry));
    }

    @Bean
    MeterBinder udpMeters(UdpNetwork udp) {
        return registry -> {
            FunctionCounter.builder("host.udp.oversized", udp, UdpNetwork::oversized)
                    .description("Packets received that were too large")
                    .register(registry);
            FunctionCounter.builder("host.udp.unsent", udp, UdpNetwork::unsent)
                    .description("Packets of cells that were too large, or not taken by the system")
                    .register(registry);
        };
    }
}
