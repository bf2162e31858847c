/** Sizes of disks in GiB where the operator says no other. */
export const ROOT_VOLUME_GB = 20;
export const DATA_VOLUME_GB = 20;
