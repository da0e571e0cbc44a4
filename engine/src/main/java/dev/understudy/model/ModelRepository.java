package dev.understudy.model;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Lists a repository folder: the models and the files that may be versions of them. Immutable; every [#list] is a
/// fresh look and reads no file. Links are followed, two levels of folders and no more are entered.
///
/// `MODEL/VERSION/model.onnx` or `MODEL/VERSION.onnx`; which of the two goes first, [ModelFolder#candidates] says. Hidden files,
/// names with `~` at either end, `*.tmp` and `*.part` are somebody's work in progress and are passed over, as is
/// everything else that is not part of the layout.
record ModelRepository(Path root) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final String NAME_RULE = "names are made of letters, digits, '.', '_' and '-'";
    private static final String ONNX = ".onnx";
    private static final String NO_FILE = " is not opened: it is a folder, a pipe or a device, and a version is a file";

    /// What a look found.
    sealed interface Listing permits Listed, Unreadable {}

    /// @param root   the folder itself
    /// @param models by name
    /// @param notes  what a person should know of
    record Listed(FileStamp root, SortedMap<String, ModelFolder> models,
            List<RepositoryNote> notes) implements Listing {}

    /// The folder is not there or cannot be listed, which says nothing about what is in it.
    record Unreadable(String reason) implements Listing {}

    Listing list() {
        SortedMap<String, ModelFolder> models = new TreeMap<>();
        List<RepositoryNote> notes = new ArrayList<>();
        try {
            FileStamp stamp = FileStamp.of(root);
            for (Path entry : children(root)) {
                String name = name(entry);
                try {
                    boolean isFolder = FileStamp.of(entry).isFolder();
                    if (isFolder && !NAME.matcher(name).matches()) {
                        notes.add(new RepositoryNote("",
                                "the folder " + printable(name) + " is not a model: " + NAME_RULE));
                    } else if (isFolder) {
                        models.put(name, listModel(name, entry));
                    } else if (name.endsWith(ONNX)) {
                        notes.add(new RepositoryNote("", "the file " + printable(name)
                                + " lies outside of any model's folder; put it into a folder with the model's name"));
                    }
                } catch (NoSuchFileException e) {
                    models.remove(name);
                } catch (IOException e) {
                    notes.add(new RepositoryNote(name,
                            "the model " + printable(name) + " cannot be read: " + IoReason.of(e)));
                    models.put(name, ModelFolder.unreadable(entry));
                }
            }
            return new Listed(stamp, models, notes);
        } catch (IOException e) {
            return new Unreadable(IoReason.of(e));
        }
    }

    private static ModelFolder listModel(String model, Path folder) throws IOException {
        ModelFolder.Builder found = new ModelFolder.Builder(folder);
        for (Path entry : children(folder)) {
            String name = name(entry);
            try {
                FileStamp stamp = FileStamp.of(entry);
                if (name.equals("model.yaml")) {
                    found.config(stamp);
                } else if (name.equals(TritonConfigFile.NAME)) {
                    found.tritonConfig(stamp);
                } else if (stamp.isFolder()) {
                    listVersionFolder(model, name, entry, found);
                } else if (stamp.isFile() && name.endsWith(ONNX)) {
                    found.file(versionOf(name), entry, refusal(versionOf(name)));
                } else if (name.endsWith(ONNX)) {
                    found.note(model + "/" + printable(name) + NO_FILE);
                }
            } catch (NoSuchFileException e) {
                // It vanished since it was listed, is a link to nothing, or is a folder without a model.
            } catch (IOException e) {
                found.unreadable(name.endsWith(ONNX) ? versionOf(name) : name,
                        model + "/" + printable(name) + " cannot be read: " + IoReason.of(e));
            }
        }
        return found.build();
    }

    private static void listVersionFolder(String model, String name, Path folder, ModelFolder.Builder found)
            throws IOException {
        found.folder(folder);
        Path onnx = folder.resolve(ContentHash.ONNX_NAME);
        try {
            if (FileStamp.of(onnx).isFile()) {
                found.versionFolder(name, onnx, refusal(name));
            } else {
                found.note(model + "/" + printable(name) + "/" + ContentHash.ONNX_NAME + NO_FILE);
            }
        } catch (NoSuchFileException e) {
            // Other folders may lie there for any reason; these were meant to be served.
            List<String> inside = children(folder).stream().map(ModelRepository::name)
                    .filter(child -> child.endsWith(ONNX)).sorted().toList();
            if (!inside.isEmpty()) {
                found.note(model + "/" + printable(name) + " holds " + printable(inside.getFirst()) + " and no "
                        + ContentHash.ONNX_NAME + ", as a version's folder must; models' folders stand side by side in"
                        + " the repository");
            } else if (name.endsWith(ONNX)) {
                found.note(model + "/" + printable(name) + " is a folder without a " + ContentHash.ONNX_NAME
                        + "; a version is a file " + printable(name) + ", or a folder with a " + ContentHash.ONNX_NAME);
            }
        }
    }

    private static String versionOf(String fileName) {
        return fileName.substring(0, fileName.length() - ONNX.length());
    }

    private static String refusal(String version) {
        return NAME.matcher(version).matches() ? "" : "it cannot be a version: " + NAME_RULE;
    }

    /// The name with every character replaced that could garble a log or a page.
    static String printable(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "?");
    }

    private static List<Path> children(Path folder) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                if (!isPassedOver(name(entry))) {
                    children.add(entry);
                }
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return children;
    }

    private static String name(Path entry) {
        return String.valueOf(entry.getFileName());
    }

    private static boolean isPassedOver(String name) {
        return name.startsWith(".") || name.startsWith("~") || name.endsWith("~") || name.endsWith(".tmp")
                || name.endsWith(".part") || name.equals("lost+found");
    }
}
