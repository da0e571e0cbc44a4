/// The gRPC data plane: gRPC's framing on Vert.x's HTTP/2, and the services on it.
@NullMarked
package dev.understudy.server.grpc;

import org.jspecify.annotations.NullMarked;
