package dev.understudy.server.grpc;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.MessageLite;
import dev.understudy.server.proto.GrpcService;
import dev.understudy.server.proto.health.HealthProto;
import dev.understudy.server.proto.reflection.FileDescriptorResponse;
import dev.understudy.server.proto.reflection.ListServiceResponse;
import dev.understudy.server.proto.reflection.ReflectionProto;
import dev.understudy.server.proto.reflection.ServerReflectionRequest;
import dev.understudy.server.proto.reflection.ServerReflectionResponse;
import dev.understudy.server.proto.reflection.ServiceResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// gRPC's reflection service: what its tools ask to learn the other services. Immutable, thread-safe.
///
/// Its older name `v1alpha` has the same messages, and most tools that are installed ask for that one.
final class Reflection {
    static final String SERVICE = "grpc.reflection.v1.ServerReflection";
    static final String OLDER_SERVICE = "grpc.reflection.v1alpha.ServerReflection";
    private static final List<FileDescriptor> FILES = List.of(GrpcService.getDescriptor(),
            HealthProto.getDescriptor(), ReflectionProto.getDescriptor());

    private final Map<String, FileDescriptor> byName = new HashMap<>();
    private final Map<String, FileDescriptor> bySymbol = new HashMap<>();

    Reflection() {
        FILES.forEach(this::index);
    }

    private void index(FileDescriptor file) {
        byName.put(file.getName(), file);
        file.getDependencies().forEach(this::index);
        file.getServices().forEach(service -> {
            bySymbol.put(service.getFullName(), file);
            service.getMethods().forEach(method -> bySymbol.put(method.getFullName(), file));
        });
        file.getEnumTypes().forEach(type -> bySymbol.put(type.getFullName(), file));
        file.getMessageTypes().forEach(type -> index(type, file));
    }

    private void index(Descriptor type, FileDescriptor file) {
        bySymbol.put(type.getFullName(), file);
        type.getFields().forEach(field -> bySymbol.put(field.getFullName(), file));
        type.getEnumTypes().forEach(nested -> bySymbol.put(nested.getFullName(), file));
        type.getNestedTypes().forEach(nested -> index(nested, file));
    }

    /// Answers one request of a stream.
    MessageLite answer(CodedInputStream question) throws IOException {
        ServerReflectionRequest request = ServerReflectionRequest.parseFrom(question);
        ServerReflectionResponse.Builder response = ServerReflectionResponse.newBuilder()
                .setValidHost(request.getHost()).setOriginalRequest(request);
        switch (request.getMessageRequestCase()) {
            case LIST_SERVICES -> response.setListServicesResponse(services());
            case FILE_BY_FILENAME -> file(response, byName, request.getFileByFilename());
            case FILE_CONTAINING_SYMBOL -> file(response, bySymbol, request.getFileContainingSymbol());
            case ALL_EXTENSION_NUMBERS_OF_TYPE, FILE_CONTAINING_EXTENSION ->
                refuse(response, Status.NOT_FOUND, "there are no extensions");
            case MESSAGEREQUEST_NOT_SET -> refuse(response, Status.INVALID_ARGUMENT, "the request asks for nothing");
        }
        return response.build();
    }

    private static ListServiceResponse services() {
        ListServiceResponse.Builder services = ListServiceResponse.newBuilder();
        FILES.forEach(file -> file.getServices().forEach(
                service -> services.addService(ServiceResponse.newBuilder().setName(service.getFullName()))));
        return services.build();
    }

    private static void file(ServerReflectionResponse.Builder response, Map<String, FileDescriptor> files,
            String wanted) {
        FileDescriptor file = files.get(wanted);
        if (file == null) {
            refuse(response, Status.NOT_FOUND, "there is no " + wanted);
            return;
        }
        Set<FileDescriptor> needed = new LinkedHashSet<>();
        collect(file, needed);
        FileDescriptorResponse.Builder found = FileDescriptorResponse.newBuilder();
        needed.forEach(one -> found.addFileDescriptorProto(one.toProto().toByteString()));
        response.setFileDescriptorResponse(found);
    }

    private static void collect(FileDescriptor file, Set<FileDescriptor> into) {
        if (into.add(file)) {
            file.getDependencies().forEach(dependency -> collect(dependency, into));
        }
    }

    private static void refuse(ServerReflectionResponse.Builder response, Status status, String sentence) {
        response.getErrorResponseBuilder().setErrorCode(status.code()).setErrorMessage(sentence);
    }
}
