package dev.understudy.model;

import dev.understudy.model.OnnxFile.ExternalFile;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where one tensor says its elements lie. Not thread-safe; owned by the walk through its file.
final class ExternalData {
    private static final int FILES_MAX = 10_000;

    /// Whether the tensor says that its data is external; else the rest means nothing.
    boolean isUsed;
    private @Nullable String location;
    private long offset;
    private long length;

    /// Well-formed, and not to be used.
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final String reason;

        Refusal(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /// Takes in one of the tensor's entries. The optional checksum is not looked at: the store hashes everything.
    void entry(String key, String value) throws Refusal {
        switch (key) {
            case "location" -> location = value;
            case "offset" -> offset = parse(value);
            case "length" -> length = parse(value);
            default -> {
            }
        }
    }

    /// Adds the tensor's file to the files of a model.
    ///
    /// @param files by name
    void addTo(Map<String, ExternalFile> files) throws Refusal {
        if (location == null) {
            throw new Refusal("a tensor says its data is external but not in which file");
        }
        String name = ExternalName.normalise(location);
        if (name == null) {
            throw new Refusal("the model names an external data file outside its own folder;"
                    + " names must be relative and without '..'");
        }
        if (name.equals(ContentHash.ONNX_NAME)) {
            throw new Refusal("an external data file must not be called " + ContentHash.ONNX_NAME);
        }
        if (length > Long.MAX_VALUE - offset) {
            throw new Refusal("a tensor's external data ends beyond any file");
        }
        ExternalFile before = files.get(name);
        files.put(name, new ExternalFile(name, Math.max(offset + length, before == null ? 0 : before.bytesMin())));
        if (files.size() > FILES_MAX) {
            throw new Refusal("the model names more than " + FILES_MAX + " external data files");
        }
    }

    private static long parse(String digits) throws Refusal {
        try {
            long value = Long.parseLong(digits.strip());
            if (value >= 0) {
                return value;
            }
            throw new Refusal("a tensor's external data has a negative offset or length");
        } catch (NumberFormatException e) {
            throw new Refusal("a tensor's external data has an offset or a length that is not a number");
        }
    }
}
