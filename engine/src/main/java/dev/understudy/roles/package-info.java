/// Who is champion, durably.
@NullMarked
package dev.understudy.roles;

import org.jspecify.annotations.NullMarked;
