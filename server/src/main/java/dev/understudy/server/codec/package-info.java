/// The Open Inference Protocol's JSON, binary and gRPC forms, to and from requests and outcomes.
@NullMarked
package dev.understudy.server.codec;

import org.jspecify.annotations.NullMarked;
