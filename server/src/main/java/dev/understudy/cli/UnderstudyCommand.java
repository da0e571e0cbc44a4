package dev.understudy.cli;

import dev.understudy.cli.demo.DemoCommand;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// The program without a command: help and version.
@Command(name = "understudy", mixinStandardHelpOptions = true, versionProvider = VersionText.class, header = "Serves an ONNX model, and shadows whatever is dropped in beside it.", description = {
    "",
    "The champion answers. Every other version in the watched repository is a challenger: it is run on mirrored live requests, its answers are compared and recorded, and no caller ever sees one.",
    ""}, footer = {"",
        "Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 the management API did not answer or refused (no such model, a wrong token), 4 no model in the repository, 5 state folder in use, 6 port in use, 7 device lost, 8 no such device to be had. `verdict` and `replay` have their own: 0 promote (replay: every criterion passes), 1 reject, 2 neither yet, 3 any error.",
        "", "Start with:  understudy demo"}, subcommands = {ServeCommand.class, DemoCommand.class,
            StatusCommand.class, DiffsCommand.class, VerdictCommand.class, ReplayCommand.class,
            DoctorCommand.class})
final class UnderstudyCommand implements Runnable {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(),
                "which command? serve, demo, status, diffs, verdict, replay or doctor");
    }
}
