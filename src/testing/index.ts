export { drive, type Driver, type DriveOptions, type PushOptions } from './drive.ts';
