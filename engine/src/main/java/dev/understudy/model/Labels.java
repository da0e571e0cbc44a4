package dev.understudy.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// What the elements of an output stand for, by their index: the lines of a text file. Immutable.
///
/// @param fileName the file's name in the model's folder, or empty for no labels
/// @param names    one for each line
public record Labels(String fileName, List<String> names) {
    /// No labels.
    public static final Labels NONE = new Labels("", List.of());

    public Labels {
        names = List.copyOf(names);
    }

    /// Reads the labels of a file.
    ///
    /// @param folder the model's
    /// @throws InvalidConfigException when the file is too large or no UTF-8 text
    /// @throws IOException            when the file cannot be read
    static Labels read(Path folder, String fileName) throws IOException, InvalidConfigException {
        return new Labels(fileName, ConfigText.read(folder.resolve(fileName)).lines().toList());
    }

    /// The label of one element, or an empty text.
    public String of(int index) {
        return index < names.size() ? names.get(index) : "";
    }
}
