package dev.understudy.server.http;

import dev.understudy.infer.RequestIds;

/// What all connections of one data plane share. Thread-safe.
record DataPlane(InferenceEndpoint endpoint, HttpDataPlaneOptions options, RequestIds requestIds, ByteBudget budget,
        Connections connections) {
    DataPlane(InferenceEndpoint endpoint, HttpDataPlaneOptions options) {
        this(endpoint, options, new RequestIds(), new ByteBudget(options.bodyBytesMax()), new Connections());
    }
}
