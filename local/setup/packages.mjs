import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashText } from './find.mjs';

/** @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage */
/** @typedef {{ packages: Record<string, LockedPackage> }} Lock */

/**
 * Whether npm's packages are those of the lock file: the set-up's own stamp says so, or what npm itself wrote down.
 * @param {string} root
 */
export function hasPackages(root) {
  const { file, wanted } = stamp(root);
  if (existsSync(file) && readFileSync(file, 'utf8') === wanted) return true;
  const installed = join(root, 'node_modules', '.package-lock.json');
  return existsSync(installed) && isInstalled(readLock(join(root, 'package-lock.json')), readLock(installed));
}

/** Says that npm's packages are those of the lock file. @param {string} root */
export function stampPackages(root) {
  const { file, wanted } = stamp(root);
  writeFileSync(file, wanted);
}

/**
 * Whether all that a lock wants is installed, by the list that npm leaves in node_modules once it is done. Optional
 * packages are for other platforms, and the root is no package.
 * @param {Lock} wanted
 * @param {Lock} installed
 */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, { version, integrity, optional }]) => {
    if (path === '' || optional) return true;
    const found = installed.packages[path];
    return found !== undefined && found.version === version && found.integrity === integrity;
  });
}

/** @param {string} root */
function stamp(root) {
  const wanted = hashText(readFileSync(join(root, 'package-lock.json')));
  return { file: join(root, 'node_modules', '.landfall-stamp'), wanted };
}

/** @param {string} file @returns {Lock} */
function readLock(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}
