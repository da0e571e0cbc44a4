package dev.understudy.server.plane;

import dev.understudy.engine.Engine;
import dev.understudy.infer.RequestIds;

/// What the data planes of one server share. Thread-safe.
///
/// @param budget counts the bodies of all of them
/// @param faults told what goes wrong on their connections
public record Intake(InferenceEndpoint endpoint, ServerIdentity identity, RequestIds requestIds, ByteBudget budget,
        ConnectionFaults faults) {
    /// A way into `endpoint` for at most `bodyBytesMax` bytes at once.
    public Intake(InferenceEndpoint endpoint, long bodyBytesMax) {
        this(endpoint, ServerIdentity.named(ServerIdentity.DEFAULT_NAME), new RequestIds(),
                new ByteBudget(bodyBytesMax), new ConnectionFaults());
    }

    /// A way into `engine` for at most `bodyBytesMax` bytes at once.
    public static Intake of(Engine engine, ServerIdentity identity, long bodyBytesMax, ConnectionFaults faults) {
        return new Intake(new EngineEndpoint(engine), identity, new RequestIds(), new ByteBudget(bodyBytesMax),
                faults);
    }
}
