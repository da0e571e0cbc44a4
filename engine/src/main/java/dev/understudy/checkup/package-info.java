/// What the machine has for serving, and what it lacks: facts, and what they mean in words.
@NullMarked
package dev.understudy.checkup;

import org.jspecify.annotations.NullMarked;
