/** Windows cannot sync folders, and some file systems neither: what they refuse with these codes is not needed there. */
export const refusedSyncs: readonly string[] = ['EISDIR', 'EPERM', 'EACCES', 'EINVAL', 'ENOTSUP'];
