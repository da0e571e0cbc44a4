package dev.understudy.model;

import org.jspecify.annotations.Nullable;

/// The messages of ONNX's schema that can hold a tensor somewhere inside, by their field numbers.
enum OnnxMessage {
    MODEL, GRAPH, NODE, ATTRIBUTE, TENSOR, SPARSE_TENSOR, FUNCTION, TRAINING_INFO;

    /// The message in a field of this one, or null when no tensor can be in it.
    @Nullable
    OnnxMessage child(int field) {
        return switch (this) {
            case MODEL -> switch (field) {
                case 7 -> GRAPH;
                case 20 -> TRAINING_INFO;
                case 25 -> FUNCTION;
                default -> null;
            };
            case GRAPH -> switch (field) {
                case 1 -> NODE;
                case 5 -> TENSOR;
                case 15 -> SPARSE_TENSOR;
                default -> null;
            };
            case NODE -> field == 5 ? ATTRIBUTE : null;
            case ATTRIBUTE -> switch (field) {
                case 5, 10 -> TENSOR;
                case 6, 11 -> GRAPH;
                case 22, 23 -> SPARSE_TENSOR;
                default -> null;
            };
            case TENSOR -> null;
            case SPARSE_TENSOR -> field == 1 || field == 2 ? TENSOR : null;
            case FUNCTION -> switch (field) {
                case 7 -> NODE;
                case 11 -> ATTRIBUTE;
                default -> null;
            };
            case TRAINING_INFO -> field == 1 || field == 2 ? GRAPH : null;
        };
    }
}
