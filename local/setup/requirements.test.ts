import { expect, test } from 'vitest';
import { splitForCpu } from './requirements.mjs';

test('the CPU build is installed by itself and without the packages of CUDA', () => {
  const lock = [
    '# made by uv',
    "cuda-bindings==13.5.0 ; sys_platform == 'linux'",
    '    # via torch',
    "numpy==2.4.6 ; python_full_version < '3.12'",
    "nvidia-nccl-cu13==2.30.7 ; sys_platform == 'linux'",
    'torch==2.15.0',
    'torchmetrics==1.0.0',
    "triton==3.9.0 ; sys_platform == 'linux'",
    '',
  ];
  expect(splitForCpu(lock.join('\n'))).toEqual({
    torch: 'torch==2.15.0',
    rest: "numpy==2.4.6 ; python_full_version < '3.12'\ntorchmetrics==1.0.0\n",
  });
});
