package dev.understudy.server.http;

import dev.understudy.infer.RequestIds;
import dev.understudy.server.plane.ByteBudget;
import dev.understudy.server.plane.DataPlaneOptions;
import dev.understudy.server.plane.InferenceEndpoint;
import dev.understudy.server.plane.Intake;

/// What all connections of one data plane share. Thread-safe.
record DataPlane(Intake intake, DataPlaneOptions options, Connections connections) {
    DataPlane(Intake intake, DataPlaneOptions options) {
        this(intake, options, new Connections());
    }

    InferenceEndpoint endpoint() {
        return intake.endpoint();
    }

    RequestIds requestIds() {
        return intake.requestIds();
    }

    ByteBudget budget() {
        return intake.budget();
    }
}
