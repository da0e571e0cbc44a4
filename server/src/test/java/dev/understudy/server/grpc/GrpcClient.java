package dev.understudy.server.grpc;

import com.google.protobuf.Message;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.okhttp.OkHttpChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// A gRPC client made by others. Thread-safe.
public final class GrpcClient implements AutoCloseable {
    static final Metadata.Key<String> REQUEST_ID = Metadata.Key.of("understudy-request-id",
            Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> SEGMENT = Metadata.Key.of("understudy-segment",
            Metadata.ASCII_STRING_MARSHALLER);
    static final Metadata.Key<String> ENCODING = Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    private final ManagedChannel channel;
    /// The headers of the last answer.
    final AtomicReference<@Nullable Metadata> answered = new AtomicReference<>();

    /// A client of this machine's `port`.
    public GrpcClient(int port) {
        channel = OkHttpChannelBuilder.forAddress("127.0.0.1", port).usePlaintext()
                .maxInboundMessageSize(Integer.MAX_VALUE).build();
    }

    /// A method of the inference service that takes and gives one message.
    static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(String name, Q question, R answer) {
        return method(Services.INFERENCE + "/" + name, MethodType.UNARY, question, answer);
    }

    static <Q extends Message, R extends Message> MethodDescriptor<Q, R> method(String path, MethodType type,
            Q question, R answer) {
        return MethodDescriptor.<Q, R>newBuilder().setType(type).setFullMethodName(path)
                .setRequestMarshaller(marshaller(question)).setResponseMarshaller(marshaller(answer)).build();
    }

    @SuppressWarnings("unchecked")
    private static <M extends Message> MethodDescriptor.Marshaller<M> marshaller(M example) {
        return ProtoUtils.marshaller((M) example.getDefaultInstanceForType());
    }

    /// Calls a method of the inference service, without anything beside the message.
    ///
    /// @param answer any message of the answer's type
    public <Q extends Message, R extends Message> R call(String name, Q question, R answer) {
        return call(name, question, answer, CallOptions.DEFAULT, new Metadata());
    }

    <Q extends Message, R extends Message> R call(String name, Q question, R answer, CallOptions options,
            Metadata headers) {
        return ClientCalls.blockingUnaryCall(with(headers), method(name, question, answer), options, question);
    }

    /// The channel as it is when every call sends `headers`.
    Channel with(Metadata headers) {
        return ClientInterceptors.intercept(channel, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options,
                    Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<R> listener, Metadata sent) {
                        sent.merge(headers);
                        super.start(new SimpleForwardingClientCallListener<>(listener) {
                            @Override
                            public void onHeaders(Metadata received) {
                                answered.set(received);
                                super.onHeaders(received);
                            }
                        }, sent);
                    }
                };
            }
        });
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
