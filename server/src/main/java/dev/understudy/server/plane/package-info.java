/// What all data planes share: the way into the engine, and the account of the bytes they hold for it.
@NullMarked
package dev.understudy.server.plane;

import org.jspecify.annotations.NullMarked;
