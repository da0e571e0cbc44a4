package dev.understudy.roles;

import java.io.IOException;

/// A role was recorded and the record cannot be trusted. Guessing another champion would be worse than stopping.
public final class InvalidRoleException extends IOException {
    private static final long serialVersionUID = 1;

    InvalidRoleException(String model, String problem) {
        super("the record of the champion of " + model + " is damaged: " + problem
                + "; restore the file, or delete it to choose the champion anew");
    }
}
