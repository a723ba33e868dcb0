"""`raxla.scipy.fft`: transforms of cosines."""

from raxla._raxla import scipy_fft as _rust

dct, idct, dctn, idctn = _rust.dct, _rust.idct, _rust.dctn, _rust.idctn
