package dev.understudy.server.protocol;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// Hands one [ProtocolServer], started by the first who asks, to all tests of this package; it is closed after the last.
/// Thread-safe.
final class SharedServer implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == ProtocolServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getRoot().getStore(Namespace.create(SharedServer.class))
                .getOrComputeIfAbsent(StartedServer.class, _ -> StartedServer.start(), StartedServer.class).server();
    }
}
