/* sizes: the room that texts of configuration files have, with their terminating zero. */
#ifndef CONFIG_SIZES_H
#define CONFIG_SIZES_H

enum { CONFIG_PATH_BYTES = 512, CONFIG_NAME_BYTES = 65 };

#endif
