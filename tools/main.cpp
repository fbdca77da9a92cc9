#include <cstdio>

int main() {
  std::puts("mote " MOTE_VERSION);
  return 0;
}
