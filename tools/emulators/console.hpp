// What every board gives to the program under test.
#ifndef MOTE_EMULATORS_CONSOLE_HPP
#define MOTE_EMULATORS_CONSOLE_HPP

// Writes zero-terminated text to the console that the emulator's caller reads.
extern "C" void mote_selftest_write(const char* text);

// Ends the emulation; the caller sees the low eight bits of `code`.
[[noreturn]] void end_program(int code);

#endif
