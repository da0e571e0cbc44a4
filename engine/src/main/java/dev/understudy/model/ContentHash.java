package dev.understudy.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/// The identity of a version: SHA-256 over all its files.
///
/// A single file has the plain SHA-256 of its bytes. Several files have the SHA-256 of the list that
/// `sha256sum` would print of them: a line `HASH  NAME` for each, the ONNX file under the name `model.onnx` whatever
/// it is called, the others by their names relative to it, ordered by the bytes of the names.
final class ContentHash {
    /// What the ONNX file is called in the list and in the store.
    static final String ONNX_NAME = "model.onnx";
    private static final Comparator<String> BY_BYTES = (a, b) -> Arrays
            .compareUnsigned(a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

    private ContentHash() {}

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /// The identity of files whose plain hashes are known.
    ///
    /// @param hashes SHA-256 by name
    static String combine(Map<String, String> hashes) {
        if (hashes.size() == 1) {
            return hashes.values().iterator().next();
        }
        List<String> names = new ArrayList<>(hashes.keySet());
        names.sort(BY_BYTES);
        MessageDigest digest = newDigest();
        for (String name : names) {
            digest.update((hashes.get(name) + "  " + name + "\n").getBytes(StandardCharsets.UTF_8));
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
